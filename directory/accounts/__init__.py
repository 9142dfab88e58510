"""Who is acting, how they prove it (a link, a code, a grant), and the record of who looked at what."""
