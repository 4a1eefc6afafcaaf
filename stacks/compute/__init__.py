"""What is redeployed daily: functions, state machine, event rule, alarms. It makes no table and no bucket."""
