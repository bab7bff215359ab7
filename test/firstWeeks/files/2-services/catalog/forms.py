import magic
from django import forms

from .models import Product


class ProductForm(forms.ModelForm):
    class Meta:
        model = Product
        fields = ["name", "code", "supplier", "picture", "manual"]

    def clean_manual(self):
        manual = self.cleaned_data["manual"]
        if manual and magic.from_buffer(manual.read(2048), mime=True) != "application/pdf":
            raise forms.ValidationError("A manual is a PDF.")
        return manual


class QuestionForm(forms.Form):
    email = forms.EmailField()
    question = forms.CharField(widget=forms.Textarea)
