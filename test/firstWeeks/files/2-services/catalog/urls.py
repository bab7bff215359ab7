from django.urls import path

from . import views
from .api import ProductApi

urlpatterns = [
    path("", views.ProductList.as_view(), name="products"),
    path("add/", views.ProductCreate.as_view(), name="add"),
    path("ask/", views.Question.as_view(), name="ask"),
    path("stock/", views.stock, name="stock"),
    path("api/products/", ProductApi.as_view(), name="api"),
]
