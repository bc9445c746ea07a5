"""The parts of the Explore page, one module each; `scene` is what all of them look at."""
