from celery import shared_task
from PIL import Image

from .models import Product


@shared_task
def measure(product_id):
    """Note the size of a picture, which the page shows before it is loaded."""
    product = Product.objects.get(pk=product_id)
    with product.picture.open() as file, Image.open(file) as picture:
        product.width, product.height = picture.size
    product.save(update_fields=["width", "height"])
