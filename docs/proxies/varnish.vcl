# A caching front for Varnish 7. tests/proxies runs this file as it stands, on other ports:
# `varnishd -F -a 127.0.0.1:6081 -f varnish.vcl -s malloc,64m`.
vcl 4.1;

backend default {
    .host = "127.0.0.1";
    .port = "8000";
}

sub vcl_recv {
    # Cookies mean nothing to Briefbase; with them, Varnish would not cache.
    unset req.http.Cookie;
}

sub vcl_backend_response {
    # No answer is older than its max-age: a stale one is refreshed by ETag before it is sent.
    set beresp.grace = 0s;
    set beresp.keep = 1h;
}

sub vcl_deliver {
    if (obj.hits > 0) {
        set resp.http.X-Cache = "HIT";
    } else {
        set resp.http.X-Cache = "MISS";
    }
}
