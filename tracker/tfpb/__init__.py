"""The TFPB abatement (CGI art. 1388 bis): conventions, yearly files, counterpart actions, residents' participation."""
