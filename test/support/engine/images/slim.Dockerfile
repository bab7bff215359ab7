# In the place of debian:trixie-slim: the packages of its minbase, and the libraries that CPython is linked with.
FROM scratch
ADD rootfs.tar /
# Where a company's proxy opens TLS, the machine trusts its certificate; so must pip in here.
COPY ca/ /usr/local/share/ca-certificates/
COPY pip.conf /etc/pip.conf
ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
RUN update-ca-certificates
