"""Takes pictures of pages of a running Odoo with the system's Chromium."""

import argparse
import os
import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from tools.environment import LOCAL

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
HEIGHTS = {1366: 900, 390: 844}
PHONE_WIDTH = 500
BACKEND_READY = ".o_action_manager .o_action"
# Milliseconds: what the page still does after its fonts and its selector are there.
SETTLE = 1200


def arguments():
    port = os.environ["AUTOPAY_HTTP_PORT"]
    parser = argparse.ArgumentParser(prog="bin/shots")
    parser.add_argument("pages", nargs="+", metavar="PATH NAME")
    parser.add_argument("--base", default=f"http://127.0.0.1:{port}")
    parser.add_argument("--db", help="which, when several are served")
    parser.add_argument("--login", default="admin", help="'' for none")
    parser.add_argument("--password", help="the login when not given")
    parser.add_argument("--width", type=int, action="append", help="may be repeated")
    parser.add_argument("--wait", help="a selector that shows that the page is there")
    parser.add_argument("--click", action="append", default=[], help="may be repeated")
    parser.add_argument("--full-page", action="store_true")
    parser.add_argument("--out", type=Path, default=LOCAL / "shots")
    options = parser.parse_args()
    if len(options.pages) % 2:
        parser.error("pages come in pairs: PATH NAME")
    return options


def open_page(browser, width):
    phone = width < PHONE_WIDTH
    context = browser.new_context(
        viewport={"width": width, "height": HEIGHTS.get(width, 900)},
        is_mobile=phone,
        has_touch=phone,
        device_scale_factor=2 if phone else 1,
    )
    page = context.new_page()
    page.on("console", report_console)
    page.on("response", report_response)
    return page


def report_console(message):
    if message.type == "error":
        print(f"  console: {message.text[:300]}")


def report_response(response):
    if response.status >= 400:
        print(f"  {response.status} {response.url}")


def log_in(page, options):
    # Choosing the database sets the session's cookie, for pages without login too.
    query = f"?db={options.db}" if options.db else ""
    page.goto(f"{options.base}/web/login{query}")
    if not options.login:
        return
    page.fill("input[name=login]", options.login)
    page.fill("input[name=password]", options.password or options.login)
    page.click(".oe_login_form button[type=submit]")
    page.wait_for_url(lambda url: "/web/login" not in url)


def take(page, path, name, options):
    page.goto(options.base + path)
    selector = options.wait or (BACKEND_READY if path.startswith("/odoo") else "body")
    # The page's own connection never falls silent: wait for what it shows instead.
    page.wait_for_selector(selector)
    for click in options.click:
        page.click(click)
    page.evaluate("document.fonts.ready")
    page.wait_for_timeout(SETTLE)
    file = options.out / f"{name}_{page.viewport_size['width']}.png"
    page.screenshot(path=file, full_page=options.full_page)
    report_sideways(page)
    print(file)


def report_sideways(page):
    wide, seen = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    if wide > seen:
        print(f"  scrolls sideways: {wide} px wide in {seen}")


def main():
    options = arguments()
    options.out.mkdir(parents=True, exist_ok=True)
    executable = next(filter(None, map(shutil.which, BROWSERS)))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=executable, args=["--no-sandbox"]
        )
        for width in options.width or HEIGHTS:
            page = open_page(browser, width)
            log_in(page, options)
            for path, name in zip(options.pages[::2], options.pages[1::2], strict=True):
                take(page, path, name, options)
            page.context.close()
        browser.close()


if __name__ == "__main__":
    sys.exit(main())
