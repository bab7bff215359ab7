from django.contrib import admin

from .models import Product, Supplier

admin.site.register(Supplier)


@admin.register(Product)
class ProductAdmin(admin.ModelAdmin):
    list_display = ["name", "code", "supplier"]
    search_fields = ["name", "code"]
