"""The files in deploy/ and the guide that uses them: `./run test deploy`."""
