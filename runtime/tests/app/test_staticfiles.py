import pytest
from django.contrib.staticfiles.storage import ManifestStaticFilesStorage
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.template import engines
from django.templatetags.static import static
from django.test import modify_settings, override_settings

FILES = ["logo.png", "css/site.css", "css/a b.css", ".hidden.css", "notes.txt~"]


@pytest.fixture
def project(tmp_path):
    """A folder of static files and one of templates, with the settings that development has."""
    for name in FILES:
        file = tmp_path / "assets" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("")
    templates = tmp_path / "templates"
    templates.mkdir()
    ours = "django_fargate.staticfiles.StaticFilesStorage"
    django = "django.template.backends.django.DjangoTemplates"
    with (
        modify_settings(INSTALLED_APPS={"append": "django.contrib.staticfiles"}),
        override_settings(
            STATIC_URL="/static/",
            STATIC_ROOT=tmp_path / "collected",
            STATICFILES_DIRS=[tmp_path / "assets"],
            STORAGES={"staticfiles": {"BACKEND": ours}},
            TEMPLATES=[{"BACKEND": django, "DIRS": [templates], "APP_DIRS": True}],
        ),
    ):
        yield tmp_path


def check(project, text, file="templates/page.html"):
    """Return what `check` says of a template, or nothing."""
    page = project / file
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(text)
    try:
        call_command("check", "--tag", "staticfiles", fail_level="WARNING", verbosity=0)
    except SystemCheckError as error:
        return str(error)
    return ""


@pytest.mark.parametrize(
    "name", ["logo.png", "css/site.css?v=2", "css/a%20b.css", "sprite/", "logo.png#part", "css/"]
)
def test_a_file_that_is_there_is_served_from_where_it_lies(project, name):
    assert static(name).startswith("/static/")


@pytest.mark.parametrize("name", ["none.png", "Logo.png", "/logo.png", "", ".hidden.css"])
def test_a_missing_file_is_the_error_that_it_is_in_production(project, name):
    with pytest.raises(ValueError, match="No static file"):
        static(name)
    production = ManifestStaticFilesStorage(location=project / "collected", base_url="/static/")
    call_command("collectstatic", interactive=False, verbosity=0)
    list(production.post_process({file: (production, file) for file in ("logo.png",)}))
    with pytest.raises(ValueError, match="Missing staticfiles manifest entry"):
        production.url(name)


def test_the_nearest_name_is_told_and_a_new_file_is_found(project):
    with pytest.raises(ValueError, match=r"'css/sita.css'.* Nearest: 'css/site.css'"):
        static("css/sita.css")
    (project / "assets/css/sita.css").write_text("")
    assert static("css/sita.css") == "/static/css/sita.css"


def test_a_page_with_a_missing_file_fails(project):
    page = engines["django"].from_string('{% load static %}{% static "none.png" %}')
    with pytest.raises(ValueError, match="'none.png'"):
        page.render()


def test_the_check_reads_templates_that_nothing_renders(project):
    told = check(project, "{% load static %}\n<img src=\"{% static 'none.png' as x %}\">")
    assert (
        f"{project}/templates/page.html:2: (django_fargate.W001) No static file 'none.png'" in told
    )


@pytest.mark.parametrize(
    "text",
    [
        '{% static "logo.png" %}',
        "{% static name %}",
        '{% static name|default:"none.png" %}',
        '{% static "none"|add:".png" %}',
        "{# {% static 'none.png' %} #}",
        "{% comment %}{% static 'none.png' %}{% endcomment %}",
        "{% verbatim %}{% static 'none.png' %}{% endverbatim %}",
        "static 'none.png' {% get_static_prefix %}none.png",
    ],
)
def test_the_check_leaves_alone_what_is_there_or_cannot_be_known(project, text):
    assert check(project, f"{{% load static %}}{text}") == ""


def test_the_check_leaves_installed_packages_alone(project):
    name = "site-packages/shop/templates"
    django = "django.template.backends.django.DjangoTemplates"
    with override_settings(TEMPLATES=[{"BACKEND": django, "DIRS": [project / name]}]):
        assert check(project, "{% static 'none.png' %}", f"{name}/page.html") == ""
    other = "packages/shop/templates"
    with override_settings(TEMPLATES=[{"BACKEND": django, "DIRS": [project / other]}]):
        assert "'none.png'" in check(project, "{% static 'none.png' %}", f"{other}/page.html")


def test_the_check_follows_loaders_that_are_spelled_out(project):
    folder = project / "elsewhere"
    loaders = [("django.template.loaders.filesystem.Loader", [folder])]
    django = "django.template.backends.django.DjangoTemplates"
    with override_settings(TEMPLATES=[{"BACKEND": django, "OPTIONS": {"loaders": loaders}}]):
        assert "'none.png'" in check(project, "{% static 'none.png' %}", "elsewhere/a/page.txt")
