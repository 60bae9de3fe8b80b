"""Code that runs only inside a framework's environment. Standard library only."""
