/** An environment in which the emitted production settings load: made-up values, nothing is connected to. */
export function productionEnvironment(project: string): NodeJS.ProcessEnv {
  return {
    PATH: process.env['PATH'],
    HOME: process.env['HOME'],
    DJANGO_SETTINGS_MODULE: `${project}.settings.production`,
    SECRET_KEY: 'tests-only-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJ',
    DATABASE_URL: 'postgresql://shop:made-up@127.0.0.1:5432/shop',
    ALLOWED_HOSTS: 'shop.example.com',
    CSRF_TRUSTED_ORIGINS: 'https://shop.example.com',
    HTTPS: '1',
    STATIC_URL: 'https://static.example.com/',
    CELERY_QUEUE_URL: 'https://sqs.example.com/123456789012/made-up',
    REDIS_HOST: 'redis.example.com',
    REDIS_PASSWORD: 'made-up',
    MEDIA_BUCKET: 'shop-media-123456789012-us-east-1',
    EMAIL_HOST_PASSWORD: 'made-up',
    SENTRY_DSN: 'https://made-up@sentry.example.com/1',
  };
}
