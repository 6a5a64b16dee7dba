HTTP/1.1 200 OK
date: Tue, 01 Dec 2026 01:47:21 GMT
content-disposition: inline; filename="items.parquet"; filename*=UTF-8''items.parquet
etag: W/"bc72e349415864d2f653e955326dfb0b"
dataset-version: 3473b90d-2
cache-control: no-cache
vary: Accept, Accept-Language
last-modified: Tue, 01 Dec 2026 01:28:46 GMT
content-type: application/vnd.apache.parquet
x-content-type-options: nosniff
referrer-policy: no-referrer
content-security-policy: default-src 'none'
access-control-allow-origin: *
access-control-expose-headers: ETag, Link, Location, X-Request-ID, Dataset-Version, Retry-After, Allow, Content-Disposition, WWW-Authenticate, RateLimit, RateLimit-Policy
x-request-id: a21997d9ccb2419fb4680b13507addda
transfer-encoding: chunked

