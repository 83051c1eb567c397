"""The connect page in a real browser: Chromium, without scripts, at the size of a phone.

    connect_page.py BACKSTOP [FOLDER-FOR-PICTURES]

Runs the program BACKSTOP with a project of its own, the authorization server of Tests/Servers, and
a partner's page to come back to. Walks as an end user does: gives a key, agrees at the service,
refuses, comes with a used link, loses the grant and connects again. Prints a line for each check,
then "passed failed".
"""

import contextlib
import http.server
import json
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import urllib.error
import urllib.request

from selenium import webdriver
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.common.by import By
from selenium.webdriver.support.wait import WebDriverWait

TOKEN = "connect-page-may-do-everything"
ROOT = pathlib.Path(__file__).resolve().parents[2]
PATIENCE = 30  # seconds for something that happens by itself

BACKSTOP_YAML = """
title: Lakeside Software
allowed_hosts: [127.0.0.1]
services:
  crm:
    title: Acme CRM
    help: You find the token in your profile, under Developer.
    kinds: [oauth2, bearer]
    oauth:
      client_id: %(client)s
      client_secret: { env: CRM_SECRET }
      authorization_url: %(server)s/authorize/
      token_url: %(server)s/token/
      scopes: [read, write]
  erp:
    title: Northwind ERP
    help: Ask your administrator for a key with read access.
    kinds: [api_key, basic]
    header: X-Key
connect:
  return_urls: ["%(partner)s/settings"]
"""
CONNECTOR = """
connector: crm
base_url: %(server)s
operations:
  me: { path: /me/ }
"""
SOLUTION = """
solution: leads
version: 1.0.0
title: Sync your leads
auth:
  crm: { service: crm }
  erp: { service: erp }
"""
WORKFLOW = """
workflow: whoami
trigger: { webhook: { respond: when_finished } }
steps:
  - { id: me, run: crm.me, with: { auth: crm }, retry: none }
  - reply: { status: 200, body: { user: "${ $steps.me.user }" } }
"""

passed = failed = 0


def check(name, fine, more=""):
    global passed, failed
    if fine:
        passed += 1
        print(f"ok   {name}", flush=True)
    else:
        failed += 1
        print(f"FAIL {name} {more}", flush=True)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Partner(http.server.BaseHTTPRequestHandler):
    """The partner's own page, to which end users return."""

    def do_GET(self):
        self.send_response(200)
        self.send_header("content-type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html><title>Lakeside</title><h1>Settings</h1>")

    def log_message(self, *arguments):
        pass


class API:
    def __init__(self, base):
        self.base = base

    def ask(self, method, path, body=None, token=TOKEN):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.base + path, data, method=method)
        if token:
            request.add_header("authorization", f"Bearer {token}")
        if data is not None:
            request.add_header("content-type", "application/json")
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                text = answer.read()
                return answer.status, json.loads(text) if text else None
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read() or b"null")

    def make(self, path, body):
        status, made = self.ask("POST", path, body)
        if status not in (200, 201):
            raise SystemExit(f"POST {path}: {status} {made}")
        return made


@contextlib.contextmanager
def process(command, **options):
    running = subprocess.Popen(command, **options)
    try:
        yield running
    finally:
        running.terminate()
        running.wait(30)


@contextlib.contextmanager
def browser():
    """A fresh one, with nothing from an earlier visit; pages run no scripts in it."""
    options = webdriver.ChromeOptions()
    for argument in (
        "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
        "--window-size=390,844", "--hide-scrollbars",
        "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
    ):
        options.add_argument(argument)
    options.add_experimental_option("mobileEmulation", {
        "deviceMetrics": {"width": 390, "height": 844, "pixelRatio": 2.0},
    })
    options.add_experimental_option(
        "prefs", {"profile.managed_default_content_settings.javascript": 2}
    )
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    options.binary_location = shutil.which("chromium")
    service = webdriver.ChromeService(executable_path=shutil.which("chromedriver"))
    driver = webdriver.Chrome(options=options, service=service)
    driver.set_page_load_timeout(PATIENCE)
    try:
        yield driver
    finally:
        driver.quit()


class Visit:
    """What an end user does in one browser."""

    def __init__(self, driver, pictures):
        self.driver = driver
        self.pictures = pictures
        self.console = []

    @property
    def text(self):
        return self.driver.find_element(By.TAG_NAME, "body").text

    def picture(self, name):
        self.console += self.driver.get_log("browser")
        if self.pictures:
            self.driver.save_screenshot(str(self.pictures / f"{name}.png"))

    def section(self, title):
        for section in self.driver.find_elements(By.TAG_NAME, "section"):
            if section.find_element(By.TAG_NAME, "h2").text == title:
                return section
        raise SystemExit(f"no {title} on the page: {self.text}")

    def state(self, title):
        return self.section(title).find_element(By.CLASS_NAME, "state").text

    def press(self, label):
        for tag in ("a", "button", "summary", "input"):
            for element in self.driver.find_elements(By.TAG_NAME, tag):
                if element.is_displayed() and label in (element.text, element.get_attribute("value")):
                    self.click(element, leaves=tag != "summary")
                    return
        raise SystemExit(f"nothing is called {label}: {self.text}")

    @staticmethod
    def is_gone(element):
        """Whether the element's page was left. Chrome says so in more than one way."""
        try:
            element.is_enabled()
            return False
        except WebDriverException:
            return True

    def click(self, element, leaves=True):
        """With the mouse: the driver's own click waits for scripts, which do not run."""
        self.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", element)
        place = element.rect
        top = self.driver.execute_script("return window.scrollY")
        point = {
            "x": place["x"] + place["width"] / 2, "y": place["y"] + place["height"] / 2 - top,
            "button": "left", "clickCount": 1,
        }
        for kind in ("mousePressed", "mouseReleased"):
            self.driver.execute_cdp_cmd("Input.dispatchMouseEvent", {"type": kind, **point})
        if leaves:
            WebDriverWait(self.driver, PATIENCE).until(lambda _: self.is_gone(element))

    def until(self, what):
        WebDriverWait(self.driver, PATIENCE).until(lambda driver: what())

    def log_in(self, server):
        self.driver.find_element(By.NAME, "username").send_keys(server["user"])
        self.driver.find_element(By.NAME, "password").send_keys(server["password"])
        self.press("Log in")


def walk(api, server, partner, pictures):
    api.make("/v1/end-users", {"external_id": "ada", "name": "Ada"})
    instance = api.make("/v1/instances", {"end_user": "ext:ada", "solution": "leads"})["id"]
    oauth = f"http://127.0.0.1:{server['port']}"

    def link(**more):
        body = {"end_user": "ext:ada", "instance": instance, "return_url": f"{partner}/settings"}
        return api.make("/v1/connect-links", body | more)["url"]

    def whoami():
        return api.ask("POST", f"/hooks/instances/{instance}/whoami", {}, token=None)

    address = link()
    with browser() as driver:
        visit = Visit(driver, pictures)
        connect_all(visit, address, server, partner, api, instance)
        check("the page needs nothing that its policy forbids",
              not [line for line in visit.console if "Content Security Policy" in line["message"]],
              visit.console)
    check("the integration works with the end user's own account",
          whoami() == (200, {"user": "ada"}), whoami())

    with browser() as driver:
        visit = Visit(driver, pictures)
        driver.get(address)
        visit.picture("5-used")
        check("a link that was used says so in another browser",
              "This link was used already" in visit.text, visit.text)
        driver.get(address[:-1] + ("A" if address[-1] != "A" else "B"))
        check("a link that is not whole is not valid", "This link is not valid" in visit.text)

    refuse_and_reconnect(api, server, oauth, link, whoami, pictures)


def connect_all(visit, address, server, partner, api, instance):
    driver = visit.driver
    driver.get(address)
    visit.picture("1-start")
    check("the page shows both services as not connected",
          [visit.state(name) for name in ("Acme CRM", "Northwind ERP")] == ["Not connected"] * 2)
    width = driver.execute_script("return document.documentElement.scrollWidth")
    check("it fits a phone", width <= 390, width)
    check("scripts are off, and nothing of it needs them",
          driver.execute_script("return document.scripts.length") == 0)

    visit.section("Northwind ERP").find_element(By.NAME, "key").send_keys("erp-key-1")
    visit.click(visit.section("Northwind ERP").find_element(By.TAG_NAME, "button"))
    visit.until(lambda: "/connect/con_" in driver.current_url)
    visit.picture("2-one-of-two")
    check("the key is taken, and the secret link is gone from the address",
          visit.state("Northwind ERP") == "Connected" and "bscl_" not in driver.current_url)

    visit.press("Continue to Acme CRM")
    check("the browser is at the service", driver.current_url.startswith(
        f"http://127.0.0.1:{server['port']}/login/"), driver.current_url)
    visit.log_in(server)
    visit.picture("3-consent")
    visit.press("Authorize")
    visit.until(lambda: "You are connected" in visit.text)
    visit.picture("4-connected")
    check("both are connected",
          [visit.state(name) for name in ("Acme CRM", "Northwind ERP")] == ["Connected"] * 2)
    visit.until(lambda: driver.current_url.startswith(f"{partner}/settings?"))
    check("the browser goes back to the partner by itself",
          "status=connected" in driver.current_url, driver.current_url)
    status, enabled = api.ask("POST", f"/v1/instances/{instance}/enable")
    check("the instance can be enabled", status == 200, enabled)


def refuse_and_reconnect(api, server, oauth, link, whoami, pictures):
    # The token ends within a second or two: runs renew it.
    def given():
        with urllib.request.urlopen(f"{oauth}/_tokens/", timeout=10) as answer:
            return json.loads(answer.read())["given"]

    before = given()
    for _ in range(2000):
        status, answer = whoami()
        if status != 200 or given() > before:
            break
    check("a token that ended is renewed, and nobody notices",
          status == 200 and given() > before, (status, answer))

    urllib.request.urlopen(urllib.request.Request(f"{oauth}/_forget/", method="POST"), timeout=10)
    status, answer = whoami()
    text = json.dumps(answer)
    check("a grant that was taken back fails in the client's words",
          status >= 400 and "econnect" in text and "invalid_grant" not in text, (status, text))
    states = {
        record["service"]: record["state"]["name"]
        for record in api.ask("GET", "/v1/authentications")[1]["authentications"]
    }
    check("the connection is marked as broken, and the other is not",
          states == {"crm": "broken", "erp": "healthy"}, states)

    with browser() as driver:
        visit = Visit(driver, pictures)
        driver.get(link(slot="crm"))
        visit.picture("6-broken")
        leave = driver.find_element(By.LINK_TEXT, "Not now, back to Lakeside Software")
        check("who leaves now goes back as cancelled",
              leave.get_attribute("href").endswith("&status=cancelled"))
        check("the page says that it does not work any more",
              visit.state("Acme CRM") == "Not working")
        visit.press("Continue to Acme CRM")
        visit.log_in(server)
        visit.press("Cancel")
        visit.until(lambda: "The connection was not allowed" in visit.text)
        visit.picture("7-refused")
        check("who refuses is told so, and can start again",
              driver.find_element(By.CSS_SELECTOR, "[role=alert]").is_displayed())
        visit.press("Continue to Acme CRM")
        visit.press("Authorize")
        visit.until(lambda: "You are connected" in visit.text)
        visit.picture("8-reconnected")
    check("the same connection works again", whoami() == (200, {"user": "ada"}), whoami())

    with browser() as driver:
        visit = Visit(driver, pictures)
        driver.get(link(slot="crm"))
        visit.press("Connect again")
        visit.press("Use an access token instead")
        visit.picture("9-other-way")
        fields = driver.find_elements(By.NAME, "token")
        check("the other way unfolds without scripts",
              [field.is_displayed() for field in fields] == [True])
        visit.press("Back to Lakeside Software")
        check("who changes nothing goes back connected as before",
              "status=connected" in driver.current_url, driver.current_url)


def main():
    program = sys.argv[1]
    pictures = pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else None
    if pictures:
        pictures.mkdir(parents=True, exist_ok=True)
    partner = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Partner)
    threading.Thread(target=partner.serve_forever, daemon=True).start()
    place = f"http://127.0.0.1:{partner.server_port}"
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    with contextlib.ExitStack() as stack:
        folder = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory()))
        oauth = stack.enter_context(process(
            [sys.executable, str(ROOT / "Tests/Servers/oauth_server.py"), "--redirect",
             f"{base}/oauth/callback", "--token-seconds", "2"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        ))
        server = json.loads(oauth.stdout.readline())
        client = server["clients"]["code"]
        facts = {
            "server": f"http://127.0.0.1:{server['port']}", "client": client["id"],
            "partner": place,
        }
        files = {
            "backstop.yaml": BACKSTOP_YAML % facts, "connectors/crm.yaml": CONNECTOR % facts,
            "solutions/leads/solution.yaml": SOLUTION, "solutions/leads/whoami.yaml": WORKFLOW,
        }
        for name, text in files.items():
            file = folder / "project" / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        log = stack.enter_context(open(folder / "log", "w+b"))
        running = stack.enter_context(process(
            [program, "serve", "--project", str(folder / "project"), "--data",
             str(folder / "data"), "--port", str(port), "--log-format", "json"],
            stdout=subprocess.PIPE, stderr=log,
            env=os.environ | {"BACKSTOP_ADMIN_TOKEN": TOKEN, "CRM_SECRET": client["secret"]},
        ))
        for line in running.stdout:
            if b"is ready on" in line:
                break
        else:
            log.seek(0)
            raise SystemExit(f"the server did not start: {log.read().decode()}")
        walk(API(base), server, place, pictures)
        log.seek(0)
        lines = log.read()
        check("no secret is in the log",
              not any(word in lines for word in (b"erp-key-1", b"bscl_", client["secret"].encode())))
    print(passed, failed)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
