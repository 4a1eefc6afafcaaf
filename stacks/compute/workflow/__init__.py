"""The workflow's definition in Amazon States Language: what happens to a report after it is stored."""
