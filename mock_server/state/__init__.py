"""The emulator's state: plain synchronous Python on wire types. Time comes in as `now`, chance as an IdFactory."""
