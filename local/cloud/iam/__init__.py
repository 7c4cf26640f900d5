"""What roles allow: a request that is signed by a task role is judged by the policies of that role.

The id of a role's access key is the role's name. Every other key may do everything, as an operator of the
local cloud does. Resource policies, session policies and boundaries are not looked at.
"""
