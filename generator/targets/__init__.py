"""Plan → view, one pure function for each kind of target, and what they share: manifests, options, names."""
