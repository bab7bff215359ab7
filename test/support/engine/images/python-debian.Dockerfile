# In the place of python:3.13-slim where the machine has no CPython of its own: Debian's. Its pip refuses to touch the
# system's packages and is otherwise the same.
FROM stand-in:slim
ENV LANG=C.UTF-8
RUN apt-get update --quiet \
 && apt-get install --quiet --yes --no-install-recommends python3 python3-pip python3-venv \
 && rm -rf /var/lib/apt/lists/* \
 && ln -s /usr/bin/python3 /usr/local/bin/python3 \
 && ln -s python3 /usr/local/bin/python
CMD ["python3"]
