import hmac

from django.conf import settings
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.cache import cache
from django.core.mail import EmailMessage
from django.http import HttpResponse, HttpResponseForbidden
from django.urls import reverse_lazy
from django.views import generic
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from .forms import ProductForm, QuestionForm
from .models import Product


class ProductList(generic.ListView):
    queryset = Product.objects.select_related("supplier").order_by("name")

    def get_context_data(self, **kwargs):
        count = cache.get_or_set("products", Product.objects.count, timeout=1)
        return super().get_context_data(count=count, **kwargs)


class ProductCreate(LoginRequiredMixin, generic.CreateView):
    model = Product
    form_class = ProductForm
    success_url = reverse_lazy("products")

    def form_valid(self, form):
        form.instance.added_by = self.request.user
        return super().form_valid(form)


class Question(generic.FormView):
    form_class = QuestionForm
    template_name = "catalog/question.html"
    success_url = reverse_lazy("products")

    def form_valid(self, form):
        EmailMessage(
            subject="Your question",
            body=f"{form.cleaned_data['question']}\n\nWe answer soon. {settings.SUPPORT_URL}",
            to=[form.cleaned_data["email"]],
        ).send()
        return super().form_valid(form)


@csrf_exempt
@require_POST
def stock(request):
    """Called by the warehouse, which knows the key."""
    key = request.headers.get("X-Warehouse-Key", "")
    if not key or not hmac.compare_digest(key, settings.WAREHOUSE_KEY):
        return HttpResponseForbidden()
    cache.delete("products")
    return HttpResponse(status=204)
