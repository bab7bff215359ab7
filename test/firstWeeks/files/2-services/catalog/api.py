from rest_framework import generics, serializers
from rest_framework.throttling import AnonRateThrottle
from shop_labels import label

from .models import Product


class ProductSerializer(serializers.ModelSerializer):
    label = serializers.SerializerMethodField()

    class Meta:
        model = Product
        fields = ["name", "label"]

    def get_label(self, product):
        return label(product.code)


class ProductApi(generics.ListAPIView):
    queryset = Product.objects.order_by("pk")
    serializer_class = ProductSerializer
    throttle_classes = [AnonRateThrottle]
