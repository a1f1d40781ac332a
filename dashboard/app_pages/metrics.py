import streamlit as st
st.header("soon")
