"""Plays the checks in Chromium against the served demo of each vertical; `scripts/browser` calls this."""

import argparse
import os
import shutil
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).parent))

import checks  # noqa: E402,F401
import pictures  # noqa: E402
from program import Program  # noqa: E402
from suite import CHECKS, VERTICALS, Stage  # noqa: E402

REPOSITORY = Path(__file__).resolve().parents[2]


def options():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--almanac", type=Path, required=True)
    parser.add_argument("--chromium", required=True)
    parser.add_argument("--folder", type=Path, required=True, help="where pictures go")
    parser.add_argument("--vertical", choices=VERTICALS, action="append")
    parser.add_argument("--filter", default="")
    parser.add_argument("--headed", action="store_true")
    parser.add_argument("--long", action="store_true")
    parser.add_argument("--pages", type=Path)
    parser.add_argument("--readme", type=Path, help="only takes the pictures of the README, into this folder")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    given = parser.parse_args()
    given.almanac, given.folder = given.almanac.resolve(), given.folder.resolve()
    given.pages = given.pages and given.pages.resolve()
    given.readme = given.readme and given.readme.resolve()
    given.pictures_of_all = given.long
    return given


def launch(playwright, given):
    # As root there is no sandbox to be had.
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    return playwright.chromium.launch(
        executable_path=given.chromium, headless=not given.headed, args=arguments,
        handle_sigint=False, handle_sigterm=False, handle_sighup=False)


def play(vertical, given):
    """Plays all checks of a vertical: (title, faults, notes, seconds) of each."""
    wanted = [
        one for one in CHECKS
        if given.filter.lower() in one.title.lower() and one.is_wanted(vertical, given.long or bool(given.filter))]
    if not wanted:
        return []
    shutil.rmtree(given.folder / vertical, ignore_errors=True)
    results = []
    with tempfile.TemporaryDirectory(prefix="almanac-browser.") as folder, sync_playwright() as playwright:
        program = Program(REPOSITORY, given.almanac, vertical, folder, given.pages)
        browser = None
        try:
            browser = launch(playwright, given)
            stage = Stage(program, browser, given)
            if given.readme:
                file = pictures.take(stage, given.readme)
                size = file.stat().st_size
                return [(f"{file} has {size // 1024} KB", stage.faults, [], 0)]
            for one in wanted:
                faults, seconds = stage.play(one)
                results.append((one.title, faults, list(stage.notes), seconds))
                stage.notes.clear()
                if not program.is_running:
                    results.append(("the program goes on serving", ["it has ended"], [], 0))
                    break
        finally:
            if browser:
                browser.close()
            program.end()
    return results


def tell(vertical, results):
    for title, faults, notes, seconds in results:
        print(f"{'✘' if faults else '✔'} {vertical}: {title} ({seconds:.1f} s)")
        for note in notes:
            print(f"    · {note}")
        for fault in faults:
            print("    ✘ " + fault.replace("\n", "\n      "))
    sys.stdout.flush()


def main():
    given = options()
    began = time.monotonic()
    passed = failed = 0
    verticals = given.vertical or list(VERTICALS)
    with ProcessPoolExecutor(max_workers=max(1, min(given.jobs, len(verticals)))) as pool:
        jobs = {pool.submit(play, vertical, given): vertical for vertical in verticals}
        for job in as_completed(jobs):
            try:
                results = job.result()
            except Exception as error:
                results = [("starts", [f"{type(error).__name__}: {error}"], [], 0)]
            tell(jobs[job], results)
            failed += sum(1 for one in results if one[1])
            passed += sum(1 for one in results if not one[1])
    print(f"pictures are in {given.folder}; it took {time.monotonic() - began:.0f} s")
    print(f"{passed} passed, {failed} failed")
    # Nothing played is nothing proved.
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
