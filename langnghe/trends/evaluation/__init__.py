"""Back-tests of `trends` on simulated months, and the floors that they are held to."""
