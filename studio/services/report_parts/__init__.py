"""What every report is put together from: blocks, what differs in marks, drawings, and the page itself."""
