# SPDX-License-Identifier: Apache-2.0
"""Who may not list a bucket hears AccessDenied of a missing key, not NoSuchKey, as S3 has it.

The policies of Amplify allow listing with certain prefixes only; a GET or HEAD has none, so it is everybody with such a role.
"""

from ministack.core import iam_evaluator
from ministack.core.router import extract_access_key_id, extract_region
from ministack.services import s3
from wrap import wrap


@wrap(s3, "handle_request")
async def handle_request(original, method, path, headers, body, query_params, *arguments, **named):
    response = await original(method, path, headers, body, query_params, *arguments, **named)
    bucket, _, key = path.lstrip("/").partition("/")
    if response[0] != 404 or not key or method not in ("GET", "HEAD") or "uploadId" in query_params:
        return response
    denied = iam_evaluator.enforce(
        extract_access_key_id(headers, query_params), "s3:ListBucket", "s3", extract_region(headers, query_params),
        resource_arn=f"arn:aws:s3:::{bucket}", service_context={})
    if denied is None:
        return response
    status, fields, text = s3._error("AccessDenied", "Access Denied", 403, path)
    return status, {**response[1], **fields}, b"" if method == "HEAD" else text
