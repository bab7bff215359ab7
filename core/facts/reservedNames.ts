/**
 * Names that the Django project's package cannot take, although they are well-formed: it would hide a module, clash
 * with an application, or be refused by PostgreSQL. What is refused because of a name that is made from it stands in
 * `core/features/names.ts`.
 *
 * Sources, read 2026-11-23: `keyword.kwlist` of CPython 3.13.0; `sys.stdlib_module_names` of CPython 3.11.7, 3.12.1 and
 * 3.13.0, with `test`, which it omits, and the new top-level modules of 3.14 (annotationlib, compression) and 3.15
 * (profiling); the import names of the distributions as installed; `django/contrib/*` of Django 5.2.19; PostgreSQL's
 * `CREATE ROLE` (public, none); PgBouncer 1.24 (its administration is the database pgbouncer).
 * Modules that begin with an underscore are left out: no package name does.
 */
const pythonKeywords = `
  False None True and as assert async await break class continue def del elif else except finally for from global
  if import in is lambda nonlocal not or pass raise return try while with yield`;

const standardLibrary = `
  abc aifc annotationlib antigravity argparse array ast asynchat asyncio asyncore atexit audioop base64 bdb
  binascii bisect builtins bz2 calendar cgi cgitb chunk cmath cmd code codecs codeop collections colorsys
  compileall compression concurrent configparser contextlib contextvars copy copyreg cProfile crypt csv ctypes
  curses dataclasses datetime dbm decimal difflib dis distutils doctest email encodings ensurepip enum errno
  faulthandler fcntl filecmp fileinput fnmatch fractions ftplib functools gc genericpath getopt getpass gettext
  glob graphlib grp gzip hashlib heapq hmac html http idlelib imaplib imghdr imp importlib inspect io ipaddress
  itertools json keyword lib2to3 linecache locale logging lzma mailbox mailcap marshal math mimetypes mmap
  modulefinder msilib msvcrt multiprocessing netrc nis nntplib nt ntpath nturl2path numbers opcode operator
  optparse os ossaudiodev pathlib pdb pickle pickletools pipes pkgutil platform plistlib poplib posix posixpath
  pprint profile profiling pstats pty pwd py_compile pyclbr pydoc pydoc_data pyexpat queue quopri random re
  readline reprlib resource rlcompleter runpy sched secrets select selectors shelve shlex shutil signal site smtpd
  smtplib sndhdr socket socketserver spwd sqlite3 sre_compile sre_constants sre_parse ssl stat statistics string
  stringprep struct subprocess sunau symtable sys sysconfig syslog tabnanny tarfile telnetlib tempfile termios
  test textwrap this threading time timeit tkinter token tokenize tomllib trace traceback tracemalloc tty turtle
  turtledemo types typing unicodedata unittest urllib uu uuid venv warnings wave weakref webbrowser winreg
  winsound wsgiref xdrlib xml xmlrpc zipapp zipfile zipimport zlib zoneinfo`;

/** Import names of what is installed, or would be with Celery, S3 static files, Sentry or another Python. */
const installedPackages = `
  amqp appdirs asgiref async_timeout billiard boto3 botocore celery certifi click click_didyoumean click_plugins click_repl colorama
  coverage cron_descriptor cronlog crontab crontabs curl dateutil dj_database_url django_celery_beat
  django_migration_linter exceptiongroup gunicorn h11 iniconfig jmespath kombu packaging pip pkg_resources pluggy
  prompt_toolkit psycopg psycopg_binary psycopg_c psycopg_pool py pycurl pygments pytest pytest_cov pytest_django
  redis ruff s3transfer sentry_sdk setuptools six sqlparse storages timezone_field toml tomli typing_extensions tzdata tzlocal
  urllib3 uv uvicorn uvicorn_worker vine wcwidth wheel whitenoise yaml`;

/** The package is an installed application, so its name is an application label, and labels are unique. */
const djangoApplications = `
  admin admindocs auth background contenttypes flatpages gis humanize messages postgres redirects sessions sitemaps sites
  staticfiles syndication`;

/** Folders and modules at the top of the repository, and folders there that git or Docker ignores. */
const ownNames = 'conftest deploy django_fargate docs htmlcov manage media static staticfiles tests';

/** Databases that every RDS instance has, and roles that cannot be created. */
const databaseNames = 'none postgres public rdsadmin rdsrepladmin rdstopmgr template0 template1';

/** In order: the first reason that holds is given. */
const reasons: readonly (readonly [string, string])[] = [
  [pythonKeywords, 'is a keyword of Python'],
  [standardLibrary, 'is a module of the Python standard library'],
  ['django', 'is Django itself'],
  [installedPackages, 'is a Python package that the project installs or may come to install'],
  [databaseNames, 'is a database or role that PostgreSQL or RDS keeps for itself'],
  ['pgbouncer', 'is a database that PgBouncer keeps for itself'],
  [djangoApplications, "is the label of one of Django's own applications"],
  [ownNames, 'is a name that the repository uses for itself'],
  ['no off yes', 'is a word that YAML 1.1 takes for true or false'],
];

const reasonOf: ReadonlyMap<string, string> = new Map(
  reasons.toReversed().flatMap(([names, reason]) =>
    names
      .trim()
      .split(/\s+/)
      .map((name) => [name, reason] as const),
  ),
);

/**
 * Why a project may not be called `name`, as the rest of a sentence that starts with the name; undefined when it may.
 * Only reserved names are found here: whether `name` is a package name at all is a question of its own.
 */
export function reservedNameReason(name: string): string | undefined {
  return reasonOf.get(name);
}
