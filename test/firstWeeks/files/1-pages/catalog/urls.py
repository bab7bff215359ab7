from django.urls import path

from . import views

urlpatterns = [
    path("", views.ProductList.as_view(), name="products"),
    path("add/", views.ProductCreate.as_view(), name="add"),
]
