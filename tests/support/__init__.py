"""The real parts the tests run against: databases, a mail server, the service itself, a browser."""
