from django.http import HttpResponse
from django.urls import path
from videos import views

urlpatterns = [
    path("videos", lambda request: HttpResponse("all"), name="videos"),
    path("videos/new", views.new_video),
    path("videos/sent", views.video_sent, name="video-sent"),
]
