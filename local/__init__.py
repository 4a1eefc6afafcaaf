"""The laptop's cloud: MiniStack's process, the local Terraform provider, the demo. Never deployed."""
