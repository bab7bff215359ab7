# In the place of postgres:17: Debian's PostgreSQL of the same major version behind the variables, folders and order of
# events of the official image.
FROM stand-in:slim
RUN apt-get update --quiet \
 && apt-get install --quiet --yes --no-install-recommends postgresql-17 \
 && rm -rf /var/lib/apt/lists/* /var/lib/postgresql/* /etc/postgresql \
 && chown postgres:postgres /var/lib/postgresql \
 && install --directory --owner=postgres --mode=3777 /run/postgresql
ENV PATH=/usr/lib/postgresql/17/bin:$PATH PGDATA=/var/lib/postgresql/data LANG=C.UTF-8
COPY --chmod=755 postgres-entrypoint.sh /usr/local/bin/
VOLUME /var/lib/postgresql/data
STOPSIGNAL SIGINT
ENTRYPOINT ["postgres-entrypoint.sh"]
CMD ["postgres"]
