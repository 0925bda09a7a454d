# SPDX-License-Identifier: Apache-2.0
"""Runs a GraphQL server on loopback for as long as its caller lives: AppSync's protocol, Amplify's resolvers, SQLite behind.

    graphql-server              graphql-server --selftest

Its schema, its errors and its `data` section are those of scripts/amplify-sandbox; it is quicker, and it can be told to fail. The
API key is the only way in. The first line on standard output is a JSON object: {"error": ...}, or the endpoint, the `url` of the
API, the `apiKey`, the path of `outputs` (an amplify_outputs.json with `data` only) and the working directory. Then every line on
standard input is a command, answered by one JSON line:

    fail STATUS TIMES [AFTER]   after AFTER more requests, TIMES are answered with STATUS (429, 500, 503 …) and not done
    drop TIMES [AFTER]          the same, but they are done and the connection ends without an answer
    delay MILLISECONDS          each answer is that late from now on
    heal                        no more of these
    counts                      what was asked for: {"requests": 7, "fields": {"createSong": 2, …}}; faults count, too
    expire-key                  the API key is refused from now on      new-key   makes another one, also in `outputs`
    stop                        connections are refused; data stays     restart   the same port, the same data

Requests are counted when they arrive; a `fail` or `drop` replaces the one before it. At the end of standard input, however the
caller ended, this ends and removes its files.
"""

import argparse
import os
import shutil
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from graphql_models.selftest import SelfTest  # noqa: E402
from graphql_server.service import Service  # noqa: E402
from test_server.commands import answer, converse, leave_caller  # noqa: E402
from test_server.error import ServerError  # noqa: E402


def run_selftest(service):
    test = SelfTest(service.url, service.key)
    problems = test.run()
    print(*problems, f"{test.checks} checks, {len(problems)} wrong", sep="\n")
    return 1 if problems else 0


def main():
    parser = argparse.ArgumentParser(
        prog="graphql-server", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--selftest", action="store_true", help="check that it does what AppSync does, and end")
    options = parser.parse_args()
    if not options.selftest:
        leave_caller()
    service = Service()
    try:
        try:
            service.start()
        except (ServerError, OSError) as error:
            answer(error=str(error))
            return 1
        if options.selftest:
            return run_selftest(service)
        answer(**service.description())
        converse(service.perform)
        return 0
    except ConnectionError:
        return 0  # The caller is gone.
    finally:
        service.stop()
        shutil.rmtree(service.directory, ignore_errors=True)


if __name__ == "__main__":
    # Threads that wait for a client keep nothing alive.
    status = main()
    sys.stdout.flush()
    os._exit(status)
