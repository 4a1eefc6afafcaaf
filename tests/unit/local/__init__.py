"""The local cloud's machinery: processes, ports, folders, progress, the demo's parts."""
