# In the place of node:<major>-slim: the binary of an npm package, and the npm of the machine.
FROM stand-in:slim
COPY node /usr/local/bin/
COPY npm /usr/local/lib/node_modules/npm
ENV NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm && npm --version
CMD ["node"]
