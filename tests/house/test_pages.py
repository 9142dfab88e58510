"""Every page template is rendered with real data by some test, and every public page is looked at for accessibility."""
