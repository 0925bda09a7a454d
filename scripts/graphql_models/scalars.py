# SPDX-License-Identifier: Apache-2.0
"""The texts that AppSync takes for AWSDate (2026-11-30, with or without an offset) and AWSDateTime (with one)."""

import datetime
import re

OFFSET = r"(Z|[+-]\d\d:\d\d(:\d\d)?)"
DATE = re.compile(rf"(\d{{4}}-\d\d-\d\d){OFFSET}?$")
DATE_TIME = re.compile(rf"(\d{{4}}-\d\d-\d\d)T(\d\d:\d\d(:\d\d)?)(\.\d{{1,9}})?{OFFSET}$")


def date(text):
    found = isinstance(text, str) and DATE.match(text)
    if not found:
        raise ValueError("not an AWSDate")
    datetime.date.fromisoformat(found.group(1))
    return text


def date_time(text):
    found = isinstance(text, str) and DATE_TIME.match(text)
    if not found:
        raise ValueError("not an AWSDateTime")
    datetime.datetime.fromisoformat(f"{found.group(1)}T{found.group(2)}")
    return text


CHECKS = {"AWSDate": date, "AWSDateTime": date_time}


def install(schema):
    """Lets a schema check them in its inputs."""
    for name, check in CHECKS.items():
        if name in schema.type_map:
            schema.type_map[name].parse_value = check
