"""Reference pages written from the code and the data that they describe."""
