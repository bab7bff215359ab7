from django.contrib.auth.mixins import LoginRequiredMixin
from django.urls import reverse_lazy
from django.views import generic

from .models import Product


class ProductList(generic.ListView):
    queryset = Product.objects.select_related("supplier").order_by("name")


class ProductCreate(LoginRequiredMixin, generic.CreateView):
    model = Product
    fields = ["name", "code", "supplier", "picture", "manual"]
    success_url = reverse_lazy("products")

    def form_valid(self, form):
        form.instance.added_by = self.request.user
        return super().form_valid(form)
