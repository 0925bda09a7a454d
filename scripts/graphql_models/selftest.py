# SPDX-License-Identifier: Apache-2.0
"""What both servers have to do, as a client with the API key sees it: the operations of Amplify's resolvers, their conditions,
pages and errors. The expectations are written by hand from AppSync's and DynamoDB's documentation, a second opinion on both."""

import concurrent.futures
import http.client
import json
import re
import urllib.parse
import uuid

SELECTIONS = {
    "Song": "id name coverArtPath createdAt updatedAt", "PhotoAlbum": "id name imagePaths createdAt updatedAt",
    "Track": "id title length rating isLive genre tags recordedOn lyricsKey stemKeys albumID createdAt updatedAt",
}
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")
FAILED = "DynamoDB:ConditionalCheckFailedException"

TRACKS = [
    {"id": "t1", "title": "Alpha", "length": 100, "rating": 4.5, "isLive": True, "genre": "ROCK", "tags": ["a", "b"],
     "recordedOn": "2026-01-31", "stemKeys": ["stems/1", None]},
    {"id": "t2", "title": "Beta", "length": 200, "rating": 3, "isLive": False, "genre": "JAZZ", "tags": [], "albumID": "x"},
    {"id": "t3", "title": "Gämma", "lyricsKey": None},
]
# Filter → the tracks that it lets through.
FILTERS = [
    ({"title": {"eq": "Beta"}}, "t2"), ({"title": {"ne": "Beta"}}, "t1 t3"), ({"title": {"lt": "Beta"}}, "t1"),
    ({"title": {"le": "Beta"}}, "t1 t2"), ({"title": {"gt": "Beta"}}, "t3"), ({"title": {"ge": "Beta"}}, "t2 t3"),
    ({"title": {"contains": "ta"}}, "t2"), ({"title": {"notContains": "a"}}, ""), ({"title": {"notContains": "p"}}, "t2 t3"),
    ({"title": {"beginsWith": "Al"}}, "t1"), ({"title": {"between": ["Alpha", "Beta"]}}, "t1 t2"),
    ({"title": {"size": {"eq": 4}}}, "t2"), ({"title": {"size": {"between": [4, 5]}}}, "t1 t2 t3"),
    ({"length": {"gt": 100}}, "t2"), ({"length": {"between": [100, 200]}}, "t1 t2"), ({"length": {"gt": 50, "lt": 150}}, "t1"),
    ({"length": {"ne": 100}}, "t2 t3"), ({"length": {"attributeExists": False}}, "t3"), ({"rating": {"ge": 3}}, "t1 t2"),
    ({"rating": {"eq": 3.0}}, "t2"), ({"isLive": {"eq": False}}, "t2"), ({"isLive": {"attributeType": "bool"}}, "t1 t2"),
    ({"genre": {"eq": "JAZZ"}}, "t2"), ({"genre": {"ne": "JAZZ"}}, "t1 t3"), ({"tags": {"contains": "b"}}, "t1"),
    ({"tags": {"notContains": "b"}}, "t2 t3"), ({"tags": {"size": {"eq": 0}}}, "t2"), ({"stemKeys": {"contains": "stems/1"}}, "t1"),
    ({"lyricsKey": {"attributeExists": True}}, "t3"), ({"lyricsKey": {"attributeType": "_null"}}, "t3"),
    ({"recordedOn": {"beginsWith": "2026-01"}}, "t1"), ({"albumID": {"eq": "x"}}, "t2"), ({"id": {"beginsWith": "t"}}, "t1 t2 t3"),
    ({"or": [{"title": {"eq": "Alpha"}}, {"title": {"eq": "Beta"}}]}, "t1 t2"),
    ({"and": [{"length": {"gt": 0}}, {"not": {"genre": {"eq": "ROCK"}}}]}, "t2"),
    ({"not": {"or": [{"length": {"eq": 100}}, {"and": [{"title": {"eq": "Beta"}}, {"isLive": {"eq": False}}]}]}}, "t3"),
    ({"title": {"gt": "A"}, "or": [{"length": {"eq": 200}}, {"length": {"attributeExists": False}}]}, "t2 t3"),
    ({}, "t1 t2 t3"),
]
# Documents and variables that are refused, and what is said.
INVALID = [
    ("query($id: ID!) { getSong(id: $id) { id colour } }", {"id": "x"},
     "Validation error of type FieldUndefined: Field 'colour' in type 'Song' is undefined @ 'getSong/colour'"),
    ("query($id: ID!) { getBand(id: $id) { id } }", {"id": "x"},
     "Validation error of type FieldUndefined: Field 'getBand' in type 'Query' is undefined @ 'getBand'"),
    ("query($id: ID!) { getSong(id: $id) }", {"id": "x"},
     "Validation error of type SubSelectionRequired: Sub selection required for type Song of field getSong @ 'getSong'"),
    ("query($id: ID!) { getSong(id: $id, page: 1) { id } }", {"id": "x"},
     "Validation error of type UnknownArgument: Unknown field argument page @ 'getSong'"),
    ("query($id: ID!) { getSong(id: $id) { id } }", {}, "Variable 'id' has coerced Null value for NonNull type 'ID!'"),
    ("mutation($input: CreateSongInput!) { createSong(input: $input) { id } }", {"input": {"name": "a", "colour": "red"}},
     "The variables input contains a field name 'colour' that is not defined for input object type 'CreateSongInput' "),
    ("mutation($input: CreateSongInput!) { createSong(input: $input) { id } }", {"input": {"id": "no-name"}},
     "Variable 'input' has coerced Null value for NonNull type 'String!'"),
    *(("mutation($input: CreateTrackInput!) { createTrack(input: $input) { id } }", {"input": {"title": "a", **wrong}},
       "Variable 'input' has an invalid value.")
      for wrong in ({"length": "long"}, {"length": 1.5}, {"length": 1 << 31}, {"rating": "4"}, {"isLive": 1}, {"genre": "POP"},
                    {"tags": [1]}, {"recordedOn": "2026-02-30"}, {"recordedOn": "today"})),
]


class Client:
    """Sends GraphQL requests with some headers."""

    def __init__(self, url, headers):
        self.address = urllib.parse.urlsplit(url)
        self.headers = headers
        self._connection = http.client.HTTPConnection(self.address.netloc, timeout=30)

    def post(self, body, headers=None):
        """(status, what was answered)"""
        self._connection.request("POST", self.address.path, body, self.headers if headers is None else headers)
        response = self._connection.getresponse()
        return response.status, json.loads(response.read())

    def ask(self, query, variables=None):
        return self.post(json.dumps({"query": query, "variables": variables or {}}))

    def operation(self, kind, model, input, condition=None):
        """A mutation; (the record, the first error's type and message)."""
        field, type_name = f"{kind}{model}", f"{kind.capitalize()}{model}Input"
        query = (f"mutation($input: {type_name}!, $condition: Model{model}ConditionInput) "
                 f"{{ {field}(input: $input, condition: $condition) {{ {SELECTIONS[model]} }} }}")
        return outcome(self.ask(query, {"input": input, "condition": condition}), field)

    def get(self, model, id):
        return outcome(self.ask(f"query($id: ID!) {{ get{model}(id: $id) {{ {SELECTIONS[model]} }} }}", {"id": id}), f"get{model}")

    def page(self, model, **variables):
        query = (f"query($filter: Model{model}FilterInput, $limit: Int, $nextToken: String) {{ list{model}s(filter: $filter, "
                 f"limit: $limit, nextToken: $nextToken) {{ items {{ {SELECTIONS[model]} }} nextToken __typename }} }}")
        return outcome(self.ask(query, variables), f"list{model}s")


def outcome(reply, field):
    status, body = reply
    error = (body.get("errors") or [None])[0]
    return (body.get("data") or {}).get(field), error and (error.get("errorType"), error["message"]), status


class SelfTest:
    def __init__(self, url, key):
        self.url = url
        self.client = Client(url, {"x-api-key": key, "content-type": "application/json; charset=UTF-8"})
        self.checks = 0
        self.problems = []

    def expect(self, what, found, wanted):
        self.checks += 1
        if found != wanted:
            self.problems.append(f"{what}: {found}, expected {wanted}")

    def expect_failed(self, what, result):
        record, error, status = result
        self.expect(what, (record, error and error[0], status), (None, FAILED, 200))

    def run(self):
        self.check_life()
        self.check_nulls()
        self.check_conditions()
        self.check_races()
        self.check_pages()
        self.check_filters()
        self.check_errors()
        self.check_keys()
        return self.problems

    def check_life(self):
        create, get = self.client.operation, self.client.get
        song, error, _ = create("create", "Song", {"name": "One"})
        self.expect("create", (error, song["name"], song["coverArtPath"]), (None, "One", None))
        self.expect("a new id", str(uuid.UUID(song["id"])), song["id"])
        self.expect("times", (bool(TIME.match(song["createdAt"])), song["createdAt"]), (True, song["updatedAt"]))
        self.expect("get", get("Song", song["id"]), (song, None, 200))
        self.expect("get of none", get("Song", "none"), (None, None, 200))
        changed, error, _ = create("update", "Song", {"id": song["id"], "coverArtPath": "images/1.png"})
        self.expect("update", (error, changed), (None, {**song, "coverArtPath": "images/1.png", "updatedAt": changed["updatedAt"]}))
        self.expect("updatedAt", changed["updatedAt"] > song["updatedAt"], True)
        self.expect("delete", create("delete", "Song", {"id": song["id"]}), (changed, None, 200))
        self.expect_failed("delete twice", create("delete", "Song", {"id": song["id"]}))
        self.expect_failed("update of none", create("update", "Song", {"id": song["id"], "name": "x"}))
        self.expect("no upsert", get("Song", song["id"]), (None, None, 200))
        create("create", "Song", {"id": "own", "name": "One"})
        self.expect_failed("create twice", create("create", "Song", {"id": "own", "name": "Two"}))
        self.expect("the first stays", get("Song", "own")[0]["name"], "One")

    def check_nulls(self):
        do = self.client.operation
        paths = ["images/a", None, "images/ü"]
        do("create", "PhotoAlbum", {"id": "album", "name": "Album", "imagePaths": paths})
        self.expect("a list", self.client.get("PhotoAlbum", "album")[0]["imagePaths"], paths)
        self.expect("null", do("update", "PhotoAlbum", {"id": "album", "imagePaths": None})[0]["imagePaths"], None)
        found = self.client.page("PhotoAlbum", filter={"imagePaths": {"attributeExists": False}})[0]["items"]
        self.expect("null removes", [each["id"] for each in found], ["album"])
        record, error, _ = do("update", "PhotoAlbum", {"id": "album", "name": None})
        self.expect("null for a required field", (record, error), (
            None, (None, "Cannot return null for non-nullable type: 'String' within parent 'PhotoAlbum' (/updatePhotoAlbum/name)")))
        do("update", "PhotoAlbum", {"id": "album", "name": "Album"})

    def check_conditions(self):
        do = self.client.operation
        song = do("create", "Song", {"id": "conditional", "name": "One"})[0]
        for what, condition, holds in (
                ("the same updatedAt", {"updatedAt": {"eq": song["updatedAt"]}}, True),
                ("an old updatedAt", {"updatedAt": {"eq": song["updatedAt"]}}, False),
                ("one of two", {"or": [{"name": {"eq": "Two"}}, {"name": {"eq": "One"}}]}, True),
                ("none of two", {"or": [{"name": {"eq": "Two"}}, {"name": {"eq": "Three"}}]}, False),
                ("not", {"not": {"name": {"beginsWith": "O"}}}, False)):
            record, error, _ = do("update", "Song", {"id": "conditional", "coverArtPath": what}, condition)
            self.expect(f"update, {what}", (record and record["coverArtPath"], error and error[0]),
                        (what, None) if holds else (None, FAILED))
        self.expect("what failed changed nothing", self.client.get("Song", "conditional")[0]["coverArtPath"], "one of two")
        self.expect_failed("delete", do("delete", "Song", {"id": "conditional"}, {"name": {"eq": "Two"}}))
        self.expect_failed("create", do("create", "Song", {"id": "unconditional", "name": "x"}, {"name": {"eq": "x"}}))
        self.expect("delete", do("delete", "Song", {"id": "conditional"}, {"name": {"eq": "One"}})[1], None)

    def check_races(self):
        """Of eight who change the same version, one succeeds."""
        before = self.client.operation("create", "Song", {"id": "raced", "name": "One"})[0]["updatedAt"]

        def change(number):
            racer = Client(self.url, self.client.headers)
            return racer.operation("update", "Song", {"id": "raced", "name": str(number)}, {"updatedAt": {"eq": before}})[1]

        with concurrent.futures.ThreadPoolExecutor(8) as threads:
            results = list(threads.map(change, range(8)))
        self.expect("a race", (results.count(None), sum(error is not None and error[0] == FAILED for error in results)), (1, 7))

    def check_pages(self):
        names = sorted(f"page-{number:02}" for number in range(25))
        for name in names:
            self.client.operation("create", "Song", {"id": f"id-{name}", "name": name})
        found, sizes, token = [], [], None
        while True:
            page = self.client.page("Song", filter={"name": {"beginsWith": "page-1"}}, limit=7, nextToken=token)[0]
            found += [each["name"] for each in page["items"]]
            sizes.append(len(page["items"]))
            token = page["nextToken"]
            if token is None:
                break
        self.expect("a filter over pages", sorted(found), names[10:20])
        self.expect("the filter comes after the limit", (len(sizes) >= 4, min(sizes) < 7), (True, True))
        self.expect("the default limit", self.client.page("Song")[0]["nextToken"], None)
        self.expect("a bad token", self.client.page("Song", nextToken="bad")[1], (
            "DynamoDB:UserIllegalArgumentException",
            "com.amazonaws.deepdish.common.pagination.InvalidPaginationTokenException: Invalid pagination token given."))
        self.expect("no limit", self.client.page("Song", limit=0)[1][0], "DynamoDB:ValidationException")

    def check_filters(self):
        for track in TRACKS:
            self.client.operation("create", "Track", track)
        made, error, _ = self.client.get("Track", "t1")
        self.expect("fields of all kinds", (error, {name: made[name] for name in TRACKS[0]}), (None, TRACKS[0]))
        for wanted, ids in FILTERS:
            page, error, _ = self.client.page("Track", filter=wanted)
            self.expect(f"filter {wanted}", error or " ".join(sorted(each["id"] for each in page["items"])), ids)

    def check_errors(self):
        for query, variables, message in INVALID:
            status, body = self.client.ask(query, variables)
            error = body["errors"][0]
            self.expect(f"{query} {variables}", (status, body["data"], error["message"]), (200, None, message))
            self.expect("its path and place", (error["path"], error["locations"][0]["sourceName"]), (None, None))
        self.expect("nothing was made", self.client.page("Song", filter={"id": {"eq": "no-name"}})[0]["items"], [])
        for what, body in (("no JSON", "{"), ("no query", "{}"), ("no document", '{"query": "query {"}')):
            status, found = self.client.post(body)
            self.expect(what, (status, found["errors"][0]["errorType"]), (400, "MalformedHttpRequestException"))
        status, body = self.client.ask('mutation { deleteSong(input: {id: "none"}) { id } }')
        self.expect("an error's keys", (status, body["data"], {**body["errors"][0], "message": ""}), (200, {"deleteSong": None}, {
            "path": ["deleteSong"], "data": None, "errorType": FAILED, "errorInfo": None,
            "locations": [{"line": 1, "column": 12, "sourceName": None}], "message": ""}))

    def check_keys(self):
        for what, headers in (("no key", {}), ("a wrong key", {"x-api-key": "da2-wrong"})):
            status, body = self.client.post('{"query": "query { listSongs { nextToken } }"}', headers)
            self.expect(what, (status, body["errors"][0]["errorType"]), (401, "UnauthorizedException"))
