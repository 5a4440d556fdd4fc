"""What lies on the desk when a proposal is made, and the working copy on which changes are tried."""
