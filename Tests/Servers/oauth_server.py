"""A real authorization server for the tests: django-oauth-toolkit on SQLite, on a free port.

    oauth_server.py [--redirect URI] [--token-seconds N]

The redirect URI is allowed beside the one that tests without a browser use. POST /_forget/ takes
every grant back, as somebody does who removes an application from an account; GET /_tokens/ counts
the access tokens that were given. Prints one line of JSON when it is ready: the port, a user, and the clients. Ends when its standard
input does, so that it never outlives the test that started it, or with SIGTERM.
"""

import argparse
import json
import os
import signal
import socketserver
import sys
import tempfile
import threading
import wsgiref.simple_server

import django
from django.conf import settings

REDIRECT = "http://127.0.0.1:9/callback"
LOGIN = (
    '<form method="post">{% csrf_token %}{{ form }}'
    '<input type="hidden" name="next" value="{{ next }}"><button>Log in</button></form>'
)


def configure(folder, token_seconds):
    settings.configure(
        DEBUG=False,
        SECRET_KEY="only for tests",
        ALLOWED_HOSTS=["*"],
        ROOT_URLCONF=__name__,
        USE_TZ=True,
        LOGIN_URL="/login/",
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        # Fast, and good enough for a user of a test.
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.sqlite3",
                "NAME": os.path.join(folder, "oauth.sqlite3"),
                "OPTIONS": {"timeout": 30, "transaction_mode": "IMMEDIATE"},
            }
        },
        INSTALLED_APPS=[
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "django.contrib.sessions",
            "oauth2_provider",
        ],
        MIDDLEWARE=[
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
        ],
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "OPTIONS": {
                    "loaders": [
                        (
                            "django.template.loaders.locmem.Loader",
                            {"registration/login.html": LOGIN},
                        ),
                        "django.template.loaders.app_directories.Loader",
                    ],
                    "context_processors": [
                        "django.template.context_processors.request",
                        "django.contrib.auth.context_processors.auth",
                    ],
                },
            }
        ],
        OAUTH2_PROVIDER={
            "SCOPES": {"read": "Read", "write": "Write"},
            "DEFAULT_SCOPES": ["read"],
            "PKCE_REQUIRED": True,
            "ACCESS_TOKEN_EXPIRE_SECONDS": token_seconds,
            "ROTATE_REFRESH_TOKEN": True,
            "REFRESH_TOKEN_GRACE_PERIOD_SECONDS": 0,
            "ALLOWED_REDIRECT_URI_SCHEMES": ["http", "https"],
        },
        LOGGING_CONFIG=None,
    )
    django.setup()


def seed(redirects):
    """The user and the clients that the tests know."""
    from django.contrib.auth.models import User
    from django.core.management import call_command
    from oauth2_provider.models import Application

    call_command("migrate", verbosity=0)
    user = User.objects.create_user("ada", password="difference engine")
    kinds = {
        "code": (Application.CLIENT_CONFIDENTIAL, Application.GRANT_AUTHORIZATION_CODE),
        "open": (Application.CLIENT_PUBLIC, Application.GRANT_AUTHORIZATION_CODE),
        "machine": (Application.CLIENT_CONFIDENTIAL, Application.GRANT_CLIENT_CREDENTIALS),
    }
    clients = {}
    for name, (kind, grant) in kinds.items():
        # Characters that a form must encode, so that a client that forgets it is found out.
        secret = f"canary+{name} secret:/%?&=é"
        application = Application.objects.create(
            name=name,
            user=user,
            client_type=kind,
            authorization_grant_type=grant,
            redirect_uris=" ".join(redirects),
            client_secret=secret,
        )
        clients[name] = {"id": application.client_id, "secret": secret}
    return clients


class Server(socketserver.ThreadingMixIn, wsgiref.simple_server.WSGIServer):
    daemon_threads = True


class Quiet(wsgiref.simple_server.WSGIRequestHandler):
    def log_message(self, *arguments):
        pass


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--redirect")
    parser.add_argument("--token-seconds", type=int, default=3600)
    options = parser.parse_args()
    # A process that is started from a thread of Dispatch inherits a mask that blocks this signal.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
    with tempfile.TemporaryDirectory() as folder:
        configure(folder, options.token_seconds)
        clients = seed([REDIRECT] + ([options.redirect] if options.redirect else []))

        from django.contrib.auth.views import LoginView
        from django.core.wsgi import get_wsgi_application
        from django.http import JsonResponse
        from django.urls import path
        from django.views.decorators.csrf import csrf_exempt
        from oauth2_provider import models, views

        class Me(views.ProtectedResourceView):
            def dispatch(self, request, *arguments, **names):
                answer = super().dispatch(request, *arguments, **names)
                # RFC 6750, section 3.1: a token that does not count is 401, not 403.
                if answer.status_code == 403:
                    answer.status_code = 401
                return answer

            def get(self, request):
                owner = request.resource_owner
                return JsonResponse({"user": owner.username if owner else None})

        given = 0

        class Tokens(views.TokenView):
            def post(self, request, *arguments, **names):
                nonlocal given
                answer = super().post(request, *arguments, **names)
                given += answer.status_code == 200
                return answer

        @csrf_exempt
        def forget(request):
            for model in (models.RefreshToken, models.AccessToken, models.Grant):
                model.objects.all().delete()
            return JsonResponse({})

        global urlpatterns
        urlpatterns = [
            path("login/", LoginView.as_view()),
            path("authorize/", views.AuthorizationView.as_view(), name="authorize"),
            path("token/", csrf_exempt(Tokens.as_view()), name="token"),
            path("revoke/", views.RevokeTokenView.as_view(), name="revoke"),
            path("me/", Me.as_view()),
            path("_forget/", forget),
            path("_tokens/", lambda request: JsonResponse({"given": given})),
        ]
        # The URLs are looked up by the name of this module.
        sys.modules.setdefault(__name__, sys.modules["__main__"])
        server = wsgiref.simple_server.make_server(
            "127.0.0.1", 0, get_wsgi_application(), Server, Quiet
        )
        threading.Thread(target=server.serve_forever, daemon=True).start()
        ready = {
            "port": server.server_port,
            "redirect": REDIRECT,
            "user": "ada",
            "password": "difference engine",
            "clients": clients,
        }
        print(json.dumps(ready), flush=True)
        sys.stdin.read()
        server.shutdown()


if __name__ == "__main__":
    main()
