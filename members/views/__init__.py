"""What visitors and holders of links see."""
