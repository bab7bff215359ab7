# In the place of python:<version>-slim where the machine has no CPython of that version: that of a Debian release. Its
# pip refuses to touch the system's packages, so that there is one in a virtual environment, as it is otherwise. A mirror
# may stand still for longer than a release in the making says that its list is good for; the signature is checked.
FROM stand-in:slim
ARG PYTHON
ARG RELEASE
ENV LANG=C.UTF-8
RUN sed "s/ [a-z]* main/ ${RELEASE} main/" /etc/apt/sources.list > /etc/apt/sources.list.d/python.list \
 && apt-get update --quiet -o Acquire::Check-Valid-Until=false \
 && apt-get install --quiet --yes --no-install-recommends --target-release ${RELEASE} python${PYTHON}-venv \
 && rm -rf /var/lib/apt/lists/* /etc/apt/sources.list.d/python.list \
 && ln -s /usr/bin/python${PYTHON} /usr/local/bin/python3 \
 && ln -s python3 /usr/local/bin/python \
 && python -m venv /opt/pip \
 && ln -s /opt/pip/bin/pip /usr/local/bin/pip
CMD ["python3"]
