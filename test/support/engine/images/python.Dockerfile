# In the place of python:<version>-slim: a CPython of this machine at /usr/local, laid out as in the official image.
FROM stand-in:slim
ARG PYTHON
ADD python.tar /usr/local/
ENV LANG=C.UTF-8
RUN ldconfig \
 && ln -s python${PYTHON} /usr/local/bin/python3 \
 && ln -s python3 /usr/local/bin/python \
 && python -m ensurepip \
 && ln -s pip3 /usr/local/bin/pip \
 && python -c 'import bz2, ctypes, lzma, readline, sqlite3, ssl, uuid, zlib'
CMD ["python3"]
