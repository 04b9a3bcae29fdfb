"""What maintainers run: storing the notebooks, pinning the packages."""
