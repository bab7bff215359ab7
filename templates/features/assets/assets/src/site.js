// What `{% static "site.js" %}` and `{% static "site.css" %}` are built from.
import "./site.css";
